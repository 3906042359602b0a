"""Live through any number of random histories, and tell what was counted."""

from __future__ import annotations

import argparse
import sys
import time

from integration_tests.histories.incidents import INCIDENTS
from integration_tests.histories.judge import Tally
from integration_tests.histories.laboratory import Laboratory
from integration_tests.histories.profiles import PROFILES
from integration_tests.histories.seeded_faults import FAULTS

TOLD_EACH = 50


def main() -> int:
    """Run as the arguments say; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.histories", description=__doc__)
    parser.add_argument("--number", "--n", type=int, default=100, help="how many histories (100)")
    parser.add_argument("--profile", choices=sorted(PROFILES), help="of this profile only")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first; the others follow (1)")
    parser.add_argument("--faults", action="store_true", help="30 %% of all answers go wrong")
    parser.add_argument("--seeded-fault", choices=sorted(FAULTS), help="with this rule of the connector broken")
    parser.add_argument("--incident", choices=sorted(INCIDENTS), help="that happens around every sync")
    parser.add_argument("--stop", action="store_true", help="stop at the first history with a breach")
    options = parser.parse_args()
    profiles = [options.profile] if options.profile else list(PROFILES)
    began = time.monotonic()
    tallies = dict.fromkeys(profiles, Tally())
    write = sys.stdout.write
    with Laboratory(
        faults_share=0.3 if options.faults else 0.0, seeded_fault=options.seeded_fault, incident=options.incident
    ) as laboratory:
        for number in range(options.number):
            profile = profiles[number % len(profiles)]
            tally, story = laboratory.live(profile, options.seed + number // len(profiles))
            tallies[profile] += tally
            if not tally.is_clean:
                write(f"{story}\n\n")
                if options.stop:
                    break
            if (number + 1) % TOLD_EACH == 0:
                write(f"{number + 1} of {options.number} in {time.monotonic() - began:.0f} seconds\n")
            sys.stdout.flush()
    for profile, tally in tallies.items():
        write(f"\n{profile}: {tally}")
    total = sum(tallies.values(), Tally())
    write(f"\nall: {total}\nin {time.monotonic() - began:.0f} seconds: {'clean' if total.is_clean else 'BREACHES'}\n")
    return 0 if total.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
