"""Owns what PowerShell needs to complete: its script, and how it asks and is answered."""

import os

from click.shell_completion import CompletionItem, ShellComplete, add_completion_class

_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object {
        $_.Extent.EndOffset -lt $cursorPosition
    } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
            $_.Value
        } else {
            $_.Extent.Text
        }
    })
    $before = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
        $env:PYTHONIOENCODING = 'utf-8'
        $env:COMP_WORDS = $words -join "`n"
        $env:COMP_CWORD = $wordToComplete.Trim('"', "'")
        $env:%(complete_var)s = 'powershell_complete'
        $found = @(& %(prog_name)s)
    } finally {
        [Console]::OutputEncoding = $before
        Remove-Item Env:PYTHONIOENCODING, Env:COMP_WORDS, Env:COMP_CWORD, Env:%(complete_var)s `
            -ErrorAction SilentlyContinue
    }
    foreach ($line in $found) {
        $type, $value, $tip = $line -split "`t", 3
        if ($type -eq 'plain') {
            $typed = if ($value -match '[\\s&()\\[\\]{};,''`$@]') {
                "'" + $value.Replace("'", "''") + "'"
            } else {
                $value
            }
            [System.Management.Automation.CompletionResult]::new(
                $typed, $value, 'ParameterValue', $tip)
        } else {
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete) |
                Where-Object { $type -eq 'file' -or $_.ResultType -eq 'ProviderContainer' }
        }
    }
}
"""


class PowerShell(ShellComplete):
    """Completion for Windows PowerShell 5.1 and PowerShell 7.

    click has had one of its own since 8.5, which takes the backslashes out of what is typed and
    leaves names with spaces unquoted. Here the words before the cursor come in COMP_WORDS, one on
    a line, and the word at the cursor in COMP_CWORD.
    """

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words after the command, and the one that is to be completed."""
        words = os.environ.get("COMP_WORDS", "").split("\n")
        return words[1:], os.environ.get("COMP_CWORD", "")

    def format_completion(self, item: "CompletionItem[str]") -> str:
        """Return a line: what kind of thing it is, itself, and what is told of it."""
        about = " ".join((item.help or str(item.value)).split())
        return f"{item.type}\t{item.value}\t{about}"


add_completion_class(PowerShell)
