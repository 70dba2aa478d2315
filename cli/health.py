"""`vitrine doctor` and `vitrine bench`: whether all is well, and what answers cost here."""

from dataclasses import asdict

from cli.output import print_json, print_records
from core.bench import measure
from core.doctor import Grade, examine
from core.settings import Settings
from core.workspace import Workspace


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


def print_costs(settings: Settings, collection: str, rounds: int, as_json: bool) -> None:
    """Print what a collection's answers cost."""
    space = Workspace.open(settings)
    costs = measure(space, space.collection(collection).name, rounds)
    images = space.catalog(collection).count_all
    if as_json:
        print_json({"collection": collection, "images": images, "milliseconds": [asdict(cost) for cost in costs]})
        return
    shown = [
        {
            "question": cost.question,
            "median ms": f"{cost.median:.1f}",
            "p95 ms": f"{cost.p95:.1f}",
            "least ms": f"{cost.least:.1f}",
        }
        for cost in costs
    ]
    print_records(shown, "")
