"""A run that is not done: its reason, the end of its log, the command that resumes it."""

from harmonium.report.sections.trouble import section


def titles(found):
    return {part.title: part.text for part in found.parts if not isinstance(part, str)}


def test_a_finished_run_has_no_trouble(evidence):
    assert section(evidence("classifier")) is None


def test_a_failed_run_shows_reason_log_and_command(evidence):
    found = section(evidence("failed"))
    assert found.title == "What went wrong"
    parts = titles(found)
    assert "no longer finite" in parts["reason"]
    assert parts["log"].splitlines()[1].startswith("Traceback")
    assert parts["command that resumes the run"].startswith("harmonium train --resume ")


def test_a_long_log_shows_its_end(evidence, monkeypatch):
    seen = evidence("failed")
    monkeypatch.setattr(seen, "text", lambda name: "".join(f"line {i}\n" for i in range(100)))
    log = titles(section(seen))["last 40 of 100 lines of the log"].splitlines()
    assert (log[0], log[-1], len(log)) == ("line 60", "line 99", 40)


def test_a_run_that_goes_on_is_not_to_be_resumed(evidence):
    seen = evidence("failed")
    seen.status.update(status="running", reason=None)
    found = section(seen)
    assert found.title == "Still running"
    assert "command that resumes the run" not in titles(found)


def test_an_interrupted_run_says_how_to_go_on(evidence):
    seen = evidence("failed")
    seen.status["status"] = "interrupted"
    seen.status["reason"] = f"SIGTERM: saved; go on with {seen.status['resume']}"
    found = section(seen)
    assert found.title == "How to resume"
    assert set(titles(found)) == {"log", "command that resumes the run"}
