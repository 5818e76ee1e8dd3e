"""One writer per format, all over the same `ReportData`."""
