"""Imports legal documents: from a file to a tree with the exact text, what was changed, what looks misread.

reading.py (.txt .docx .pdf) -> legacy.py (TCVN3, VNI) -> lines.py (paragraphs, tables)
    -> tree.py (the tree) -> doubts.py (what looks misread); sections.py sets cards beside it.
"""
