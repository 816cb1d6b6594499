"""Owns report.html: one file with everything in it, to look at, to print and to send on."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from scanpipe import __version__
from scanpipe.messages import messages_for
from scanpipe.reporting.report import scale_words, wording
from scanpipe.reporting.report.answers import answers_of
from scanpipe.reporting.report.findings import Findings
from scanpipe.reporting.report.prospects import open_sentences
from scanpipe.reporting.report.sections import overview, sections_of
from scanpipe.reporting.report.spelling import Numbers
from scanpipe.reporting.slip_names import has_rows
from scanpipe.vocabulary import Status

TEMPLATE = "report.html"


def page_bytes(findings: Findings) -> bytes:
    """Return report.html of `findings`, in the language of the form."""
    form = findings.form
    t, numbers = messages_for(form.language), Numbers(form.language)
    answers = answers_of(form, t)
    page = _environment().get_template(TEMPLATE)
    html = page.render(
        t=t,
        numbers=numbers,
        form=form,
        found=findings,
        answers=answers,
        sections=sections_of(findings, answers, t, numbers),
        overview=overview(findings, answers, numbers),
        several_rows=has_rows(form),
        slips_read=sum(row.status is not Status.REJECTED for row in findings.slips),
        as_before=_needs_little(findings),
        says=scale_words,
        banner=wording.banner(findings, t),
        became=wording.became(findings, t),
        balance=wording.balance(findings, t, numbers),
        notes=findings.notes,
        bounds=open_sentences(findings, t, numbers),
        audit=wording.audit(findings, t, numbers),
        version=__version__,
    )
    return html.encode()


def _needs_little(findings: Findings) -> bool:
    """Tell whether smileys in one row for each session are all that is shown."""
    form = findings.form
    plain = form.scale.smileys and not form.questions and form.slip.session != "none"
    return bool(plain) and not findings.comments.written


def load_templates() -> None:
    """Have all templates compiled, which takes longer than to fill them in."""
    for name in ("parts.html", TEMPLATE):
        _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("scanpipe.reporting.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
