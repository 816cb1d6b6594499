"""A page is found without looking at the others, and only where nothing can be wrong with that."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from scanpipe.reading.pagetree import page_at, sound_pages
from scanpipe.reading.scanfiles import open_scan
from scanpipe.reading.scans import PageImage, load_page
from scanpipe.vocabulary import Reason

Tree = list["Tree | int"]
"""The kids of a node: nodes, and pages, which are told from each other by a number."""

pages = st.lists(st.integers(0, 9), min_size=1, max_size=4)
trees = st.recursive(pages, lambda kids: st.lists(kids, min_size=1, max_size=4), max_leaves=12)


def pages_below(tree: Tree) -> int:
    return sum(pages_below(kid) if isinstance(kid, list) else 1 for kid in tree)


def node_of(pdf: pikepdf.Pdf, tree: Tree) -> pikepdf.Object:
    """Make the node whose kids are `tree`; a page has its number as its height."""
    node = pdf.make_indirect(Dictionary(Type=Name.Pages, Count=pages_below(tree)))
    node.Kids = Array()
    for kid in tree:
        if isinstance(kid, list):
            below = node_of(pdf, kid)
        else:
            below = pdf.make_indirect(Dictionary(Type=Name.Page, MediaBox=[0, 0, 9, kid]))
        below.Parent = node
        node.Kids.append(below)
    return node


def saved(pdf: pikepdf.Pdf) -> io.BytesIO:
    file = io.BytesIO()
    pdf.save(file, fix_metadata_version=False)
    file.seek(0)
    return file


def opened(file: io.BytesIO) -> pikepdf.Pdf:
    return pikepdf.open(file, inherit_page_attributes=False)


def pdf_with(tree: Tree) -> io.BytesIO:
    with pikepdf.new() as pdf:
        pdf.Root.Pages = node_of(pdf, tree)
        return saved(pdf)


@given(trees)
def test_every_page_is_where_all_programs_find_it_however_the_tree_has_grown(tree: Tree) -> None:
    file = pdf_with(tree)
    with opened(file) as pdf, opened(file) as other:
        assert sound_pages(pdf) == len(other.pages) == pages_below(tree)
        found = [page_at(pdf, i).mediabox for i in range(len(other.pages))]
        assert found == [page.mediabox for page in other.pages]


SPOILT: dict[str, Callable[[pikepdf.Object], object]] = {
    "a node claims too many": lambda root: root.Kids[0].__setattr__("Count", 3),
    "a node claims too few": lambda root: root.Kids[0].__setattr__("Count", 1),
    "the whole claims too many": lambda root: root.__setattr__("Count", 5),
    "two wrong claims make a right sum": lambda root: (
        root.Kids[0].__setattr__("Count", 1),
        root.Kids[1].__setattr__("Count", 3),
    ),
    "a page is listed twice": lambda root: root.Kids[0].Kids.__setitem__(1, root.Kids[0].Kids[0]),
    "a node is listed twice": lambda root: root.Kids.__setitem__(1, root.Kids[0]),
    "a node is its own kid": lambda root: root.Kids.__setitem__(1, root),
    "a page is nothing": lambda root: root.Kids[0].Kids.__setitem__(0, None),
    "a page is a number": lambda root: root.Kids[0].Kids.__setitem__(0, 7),
    "a page is written into the node": lambda root: root.Kids[0].Kids.__setitem__(
        0, Dictionary(Type=Name.Page, MediaBox=[0, 0, 9, 9])
    ),
    "a page has kids": lambda root: root.Kids[0].Kids[0].__setattr__("Kids", Array()),
    "a page does not say that it is one": lambda root: root.Kids[0].Kids[0].__delattr__("Type"),
    "a node does not say that it is one": lambda root: root.Kids[0].__delattr__("Type"),
    "a page is beside a node": lambda root: root.Kids.__setitem__(1, root.Kids[1].Kids[0]),
    "a page has another parent": lambda root: (
        root.Kids[0].Kids[0].__setattr__("Parent", root.Kids[1])
    ),
    "a page has no parent": lambda root: root.Kids[0].Kids[0].__delattr__("Parent"),
    "a node has another parent": lambda root: root.Kids[0].__setattr__("Parent", root.Kids[1]),
    "a node has no parent": lambda root: root.Kids[0].__delattr__("Parent"),
    "the root has a parent": lambda root: root.__setattr__("Parent", root.Kids[0]),
    "a node has no kids": lambda root: root.Kids[0].__delattr__("Kids"),
    "a node has an empty list of kids": lambda root: root.Kids[0].__setattr__("Kids", Array()),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_nothing_is_taken_from_a_tree_in_which_anything_is_wrong(
    spoil: Callable[[pikepdf.Object], object],
) -> None:
    file = pdf_with([[1, 2], [3, 4]])
    assert sound_pages(opened(file)) == 4
    pdf = opened(file)  # qpdf would have mended it, had it been saved
    spoil(pdf.Root.Pages)
    assert sound_pages(pdf) == 0


def test_a_page_is_read_alike_where_the_tree_holds_what_it_has_in_common_with_others(
    pdf_of: Callable, packing: type, picture: np.ndarray, tmp_path: Path
) -> None:
    """What a page lacks of its own, size, resources and how it is turned, its parents have."""
    whole, shared = pdf_of([packing.flate(picture)]), tmp_path / "shared.pdf"
    with pikepdf.open(whole) as pdf:
        page, root = pdf.pages[0].obj, pdf.Root.Pages
        page.Rotate = 90
        pdf.save(tmp_path / "own.pdf")
        below = pdf.make_indirect(Dictionary(Type=Name.Pages, Count=1, Kids=[page], Parent=root))
        for name in ("/MediaBox", "/Rotate", "/Resources"):
            below[name] = page[name]
            del page[name]
        page.Parent, root.Kids = below, Array([below])
        pdf.save(shared)

    files = [open_scan(path) for path in (tmp_path / "own.pdf", shared)]
    assert all(file.sound_tree for file in files)
    own, inherited = (load_page(file, 1) for file in files)
    assert isinstance(own, PageImage)
    assert isinstance(inherited, PageImage)
    assert own.px_per_mm == inherited.px_per_mm
    assert np.array_equal(own.pixels, inherited.pixels)
    assert own.pixels.shape == picture.T.shape


def test_what_a_page_inherits_comes_down_the_tree_whatever_it_takes_for_its_parent(
    pdf_of: Callable, packing: type, picture: np.ndarray, tmp_path: Path
) -> None:
    """A page with a wrong parent was shown with the picture of another."""
    path = tmp_path / "strayed.pdf"
    with pikepdf.new() as pdf:
        nodes = []
        for each in (picture, np.flipud(picture)):
            with pikepdf.open(pdf_of([packing.flate(each)])) as one:
                pdf.pages.extend(one.pages)
            page = pdf.pages[-1].obj
            node = pdf.make_indirect(Dictionary(Type=Name.Pages, Count=1, Kids=[page]))
            node.Parent, node.Resources = pdf.Root.Pages, page.Resources
            del page["/Resources"]
            page.Parent = node
            nodes.append(node)
        pdf.Root.Pages.Kids = Array(nodes)
        first = nodes[0].Kids[0]
        pdf.save(tmp_path / "sound.pdf", fix_metadata_version=False)
    strayed = (tmp_path / "sound.pdf").read_bytes()
    with pikepdf.open(tmp_path / "sound.pdf", inherit_page_attributes=False) as pdf:
        first, second = (node.objgen[0] for node in pdf.Root.Pages.Kids)
    assert first != second
    own, other = f"/Parent {first} 0 R".encode(), f"/Parent {second} 0 R".encode()
    assert strayed.count(own) == 1
    path.write_bytes(strayed.replace(own, other))

    file = open_scan(path)
    assert file.sound_tree is False
    for number, expected in enumerate((picture, np.flipud(picture)), start=1):
        page = load_page(file, number)
        assert isinstance(page, PageImage)
        assert np.array_equal(page.pixels, expected)


def test_a_page_that_is_listed_and_is_not_there_is_told(
    pdf_of: Callable, packing: type, picture: np.ndarray, tmp_path: Path
) -> None:
    """qpdf passes over it, and mends the count meanwhile: it vanished without a word."""
    path = tmp_path / "hole.pdf"
    with pikepdf.open(pdf_of([packing.flate(picture)])) as pdf:
        pdf.pages.append(pdf.pages[0])
        pdf.save(path)
    data = path.read_bytes()
    with pikepdf.open(path, inherit_page_attributes=False) as pdf:
        lost = pdf.Root.Pages.Kids[1].objgen[0]
    assert data.count(f"{lost} 0 R".encode()) == 1
    path.write_bytes(data.replace(f"{lost} 0 R".encode(), f"{90 + lost} 0 R".encode()))

    file = open_scan(path)
    assert (file.pages, file.missing) == (2, True)
    assert load_page(file, 2) is Reason.PAGES_MISSING


def test_the_pages_of_a_tree_that_is_out_of_order_are_all_read_nevertheless(
    pdf_of: Callable, packing: type, picture: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / "both.pdf"
    with pikepdf.new() as pdf:
        for each in (picture, np.flipud(picture)):
            with pikepdf.open(pdf_of([packing.flate(each)])) as one:
                pdf.pages.extend(one.pages)
        pdf.Root.Pages.Kids.insert(0, None)
        pdf.save(path)

    file = open_scan(path)
    assert (file.pages, file.sound_tree) == (2, False)
    for number, expected in enumerate((picture, np.flipud(picture)), start=1):
        page = load_page(file, number)
        assert isinstance(page, PageImage)
        assert np.array_equal(page.pixels, expected)
