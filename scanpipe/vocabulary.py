"""Owns the fixed words of the output: what became of a slip, and why."""

from enum import StrEnum


class Status(StrEnum):
    """What became of a slip, or of a page that could not be read."""

    READ = "read"
    BLANK = "blank"
    REVIEW = "review"
    CORRECTED = "corrected"
    VOID = "void"
    REJECTED = "rejected"


class Reason(StrEnum):
    """Why a slip is in doubt. New ones may be added; none is ever given a new meaning."""

    OVERVOTE = "overvote"
    UNDERVOTE = "undervote"
    MARGINAL = "marginal"
    CORRECTION = "correction"
    STRUCK = "struck"
    SESSION_UNREAD = "session_unread"
    SESSION_CONFLICT = "session_conflict"
    SESSION_STRUCK = "session_struck"
    REGISTRATION_POOR = "registration_poor"
    WRONG_FORM = "wrong_form"
    DUPLICATE = "duplicate"
    PHOTOCOPIED = "photocopied"
    STREAK = "streak"
    SCALE_OFF = "scale_off"
    DAMAGED_IMAGE = "damaged_image"
    NO_SLIP = "no_slip"
    MORE_ON_PAGE = "more_on_page"
    UNREADABLE_FILE = "unreadable_file"
    PAGES_MISSING = "pages_missing"
    FILE_CHANGED = "file_changed"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    INTERNAL_ERROR = "internal_error"
