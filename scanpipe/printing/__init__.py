"""Layout to paper: slips drawn as vector PDF, laid on sheets, and shown before they are printed."""

from scanpipe.printing.preview import preview
from scanpipe.printing.serials import serial_modules
from scanpipe.printing.sheets import Sheet
from scanpipe.printing.slips import Printed, print_slips
from scanpipe.printing.wording import check_fits

__all__ = ["Printed", "Sheet", "check_fits", "preview", "print_slips", "serial_modules"]
