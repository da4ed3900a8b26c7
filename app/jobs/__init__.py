"""Work that runs beside requests: who calls ``services.do_work``, and when. Kept by ``tests/jobs``."""
