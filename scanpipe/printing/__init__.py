"""Layout to paper: slips drawn as vector PDF, laid on sheets."""

from scanpipe.printing.sheets import Sheet
from scanpipe.printing.slips import Printed, print_slips
from scanpipe.printing.wording import check_fits

__all__ = ["Printed", "Sheet", "check_fits", "print_slips"]
