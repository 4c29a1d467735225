"""Holds FHIR bundles that ECGBook wrote against two other models of the standard.

    python fhir_bundles.py BUNDLE...

fhir.resources (its R4B models: it has none of R4) and fhirclient (R4) read each bundle strictly and write it again;
what they write must be what they read, but for extensions of primitive elements (`_effectiveDateTime`), which
fhirclient does not keep. To show that they can fail, each also reads every bundle with every element left out in turn,
and misspelt in turn: the numbers of those that it refuses are printed.
Ends with 1 where a bundle is refused or comes back changed.
Needs fhir.resources and fhirclient.
"""

import copy
import json
import sys
from decimal import Decimal

from fhir.resources.R4B.bundle import Bundle as R4B
from fhirclient.models.bundle import Bundle as R4


def by_resources(bundle):
    return json.loads(R4B.model_validate(bundle).model_dump_json(), parse_float=Decimal)


def by_client(bundle):
    return R4(bundle, strict=True).as_json()


def paths(value, path=()):
    """The paths of all members."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        if isinstance(key, str):
            yield path + (key,)
        yield from paths(member, path + (key,))


def changed(bundle, path, name=None):
    """The bundle without a member, or with another name for it."""
    bundle = copy.deepcopy(bundle)
    place = bundle
    for key in path[:-1]:
        place = place[key]
    member = place.pop(path[-1])
    if name:
        place[name] = member
    return bundle


def refuses(read, bundle):
    try:
        read(bundle)
    except Exception:  # each has its own
        return True
    return False


def plain(value):
    """Without extensions of primitive elements, and with numbers of one type."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [plain(member) for member in value]
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return float(value)
    return value


failed = False
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        bundle = json.load(file)
    short = dict(bundle, entry=bundle["entry"][:4] + bundle["entry"][-1:])
    for tool, read in (("fhir.resources R4B", by_resources), ("fhirclient R4", by_client)):
        try:
            same = plain(read(bundle)) == plain(bundle)
            verdict = "read, and written the same" if same else "read, and written DIFFERENTLY"
        except Exception as error:
            same, verdict = False, f"REFUSED: {error}"
        failed = failed or not same
        every = list(paths(short))
        missing = sum(refuses(read, changed(short, path)) for path in every)
        misspelt = sum(refuses(read, changed(short, path, path[-1] + "s")) for path in every)
        print(f"{name}: {tool}: {len(bundle['entry'])} entries {verdict}; of {len(every)} elements refuses "
              f"{missing} left out, {misspelt} misspelt")
sys.exit(failed)
