"""Owns the program itself: its commands in their order, and what their errors become."""

import atexit
import gc

import click

from scanpipe import __version__
from scanpipe.cli.speaking import complain, confess, speak_utf8
from scanpipe.errors import ExitCode, ScanpipeError

_AFTER_A_STOP = {"run": "The same command goes on where it stopped."}


class _Commands(click.Group):
    """The commands in the order in which an event needs them, and what their errors become."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except ScanpipeError as error:
            complain(error.message, error.hint)
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            complain("Stopped.", _AFTER_A_STOP.get(ctx.invoked_subcommand or "", ""))
            ctx.exit(ExitCode.INTERRUPTED)
        except Exception as error:
            confess(error, debug=ctx.params["debug"])
            ctx.exit(ExitCode.BUG)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="scanpipe")
@click.option("--debug", is_flag=True, help="Show where in the program an unexpected error arose.")
@click.pass_context
def main(ctx: click.Context, debug: bool) -> None:  # noqa: ARG001  # _Commands looks at it
    """Paper evaluation slips with smileys: print them, scan them, get the table.

    FORM is a form file, or the id of a form in the folder forms/.
    """
    speak_utf8()
    # Else Python looks through all that is loaded once more at the end, which takes half a second.
    atexit.register(gc.freeze)
    if ctx.invoked_subcommand is None:
        from scanpipe.cli.starting import tell_where_one_stands

        tell_where_one_stands()
