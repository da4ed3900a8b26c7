# The server's image. The image itself has not been built by us yet; its pip commands were run by hand, outside a container.
#
# Every package is checked against requirements.lock while its wheel is made; the second stage installs from those wheels only,
# and only what the server needs.

FROM python:3.11-slim AS wheels
WORKDIR /source
COPY requirements.lock ./
RUN awk '/^setuptools==/ { wanted = 1 } wanted; !/\\$/ { wanted = 0 }' requirements.lock > build-tools.lock \
    && pip install --no-cache-dir --require-hashes --requirement build-tools.lock \
    && pip wheel --no-cache-dir --require-hashes --no-build-isolation --wheel-dir /wheels --requirement requirements.lock \
    && pip install --no-cache-dir --no-index --find-links /wheels hatchling
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY schemas schemas
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.11-slim
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels breakwater \
    && useradd --system --create-home --home-dir /var/lib/breakwater breakwater
USER breakwater
WORKDIR /var/lib/breakwater
# Keys, and the database unless BREAKWATER_DATABASE_URL names another one, live here: mount a volume.
VOLUME /var/lib/breakwater
ENV BREAKWATER_HOME=/var/lib/breakwater BREAKWATER_BIND=0.0.0.0:8000
EXPOSE 8000
CMD ["breakwater", "serve"]
