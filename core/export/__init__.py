"""Results as files a person can take along; a whole bundle is made by `core.export.bundle`."""

from core.export.spreadsheet import csv_line, csv_text, write_csv

__all__ = ["csv_line", "csv_text", "write_csv"]
