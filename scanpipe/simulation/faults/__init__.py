"""Bad input of every kind, made from good slips: files, images and pages, and how each ends."""

from scanpipe.simulation.faults.fault import Fault, GoodStack, Group, good_stack
from scanpipe.simulation.faults.files import file_faults
from scanpipe.simulation.faults.handling import handling_faults
from scanpipe.simulation.faults.images import image_faults
from scanpipe.simulation.faults.pages import page_faults
from scanpipe.simulation.faults.pictures import picture_faults

__all__ = ["FAULTS", "Fault", "GoodStack", "Group", "good_stack"]

FAULTS: dict[str, tuple[Group, Fault]] = {
    fault.name: (group, fault)
    for group, faults in (
        (Group.FILE, file_faults),
        (Group.FILE, handling_faults),
        (Group.IMAGE, image_faults),
        (Group.IMAGE, picture_faults),
        (Group.PAGE, page_faults),
    )
    for fault in faults()
}
"""Every fault by its name."""
