from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from app.redaction import labels


def test_a_thread_is_part_of_one_thing_at_a_time() -> None:
    labels.begin_request("one")
    assert labels.labels() == {"request_id": "one"}
    labels.begin_job(1, "export")
    assert labels.labels() == {"job": 1, "job_kind": "export"}
    labels.end()
    assert labels.labels() == {}


def test_threads_are_labelled_apart() -> None:
    labels.begin_request("here")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(labels.labels).result() == {}
        pool.submit(labels.begin_job, 1, "export").result()
    assert labels.labels() == {"request_id": "here"}
    labels.end()
