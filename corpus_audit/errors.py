"""What can go wrong, as a user sees it.

    CorpusAuditError
        UsageError          the call, a configuration or the audit directory is not right
        RuleError           a rule, lexicon or policy is not right
        LedgerError         the ledger of sources, or a paper that it names, is not right
        RunError            a worker died or a disk is full: not the user's mistake
        ReadError           an input cannot be read (what was read before stays counted)
        NothingToScan       no input file was found
        AuditError          an audit directory is damaged, locked or of another schema

A message says where, what, why it matters and what to do. These print without a traceback;
anything else is a bug and prints one.
"""


class CorpusAuditError(Exception):
    """Base of all errors that a user can do something about."""

    exit_code = 2


class UsageError(CorpusAuditError):
    """The call or the configuration is not right."""


class RuleError(CorpusAuditError):
    """A rule, a lexicon or a policy is not right."""


class LedgerError(CorpusAuditError):
    """The ledger of sources is not right. The message has a line for each fault."""


class AuditError(CorpusAuditError):
    """An audit directory is damaged, locked, foreign or of another schema."""


class RunError(CorpusAuditError):
    """The scan could not go on, through no fault of the call: run it again."""

    exit_code = 1


class NothingToScan(CorpusAuditError):
    """No input file was found under the given paths."""

    exit_code = 3


class ReadError(CorpusAuditError):
    """An input, or the rest of it, cannot be read."""

    exit_code = 5
