"""`loopcmp check --json`: one object per case."""

import msgspec

from harness.records.record import Record


def render(record: Record) -> str:
    """A JSON array with an object per case: what it is, its verdict, why, and what was observed."""
    cases = [
        {
            "scenario": line.row.scenario,
            "parameters": dict(line.row.parameters),
            "row": line.row.id,
            "backend": cell.backend,
            "verdict": cell.finding.verdict,
            "because": cell.finding.because,
            "source": cell.finding.source,
            "difference": cell.finding.parting,
            "observed": [
                {
                    "outcome": str(seen.observation.outcome),
                    "prints": seen.observation.prints,
                    "complaints": [str(complaint) for complaint in seen.observation.complaints],
                    "left": seen.observation.left,
                    "process": process,
                    "times": seen.times,
                }
                for process, sighting in enumerate(cell.sightings, start=1)
                for seen in sighting.seen
            ],
            "ended": [sighting.ended for sighting in cell.sightings if sighting.ended],
        }
        for line in record.lines
        for cell in line.cells
    ]
    return msgspec.json.format(msgspec.json.encode(cases), indent=1).decode()
