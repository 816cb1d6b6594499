"""Owns the report: report.html, report.xlsx and the charts, made of a finished run."""

from scanpipe.reporting.report.writing import ReportFiles, prepare_report, write_report

__all__ = ["ReportFiles", "prepare_report", "write_report"]
