"""`vitrine doctor`: whether all is well."""

from dataclasses import asdict

from cli.output import print_json, print_records
from core.doctor import Grade, examine
from core.settings import Settings


def print_checks(settings: Settings, as_json: bool) -> bool:
    """Print every check; says whether there is no problem."""
    checks = examine(settings)
    well = not any(check.grade is Grade.BAD for check in checks)
    if as_json:
        print_json({"well": well, "checks": [asdict(check) for check in checks]})
    else:
        shown = [
            {"check": check.name, "": check.grade.value, "found": check.found, "what to do": check.hint}
            for check in checks
        ]
        print_records(shown, "")
    return well
