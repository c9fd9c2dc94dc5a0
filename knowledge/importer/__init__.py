"""Imports legal documents: a file in, a tree with the exact text, what was changed and what looks misread out.

reading.py (.txt .docx .pdf) -> legacy.py (TCVN3, VNI) -> lines.py (paragraphs, tables)
    -> tree.py (the tree) -> doubts.py (what looks misread); sections.py sets cards beside it.
"""
