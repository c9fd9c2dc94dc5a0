"""Documents and tables made from reports: .docx and .xlsx."""
