# Two stages: one builds, one runs as nobody in particular. One image for every part: the command says which.
# Alone (`dateline run`), all state is in /data.

FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/dateline
COPY requirements.lock ./
RUN /opt/dateline/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY aggregator aggregator
COPY web web
RUN /opt/dateline/bin/python -m pip install --no-cache-dir --no-deps .
# In a container the service listens on every address, so it is for readers with an account.
RUN /opt/dateline/bin/python -c "import tomlkit; \
config = tomlkit.parse(open('aggregator/starter.toml', encoding='utf-8').read()); \
config['web'] = {'host': '0.0.0.0', 'access': 'readers'}; \
open('/opt/dateline/container.toml', 'w', encoding='utf-8').write(tomlkit.dumps(config))"

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home dateline && install -d -o dateline /data /backups
COPY --from=build /opt/dateline /opt/dateline
ENV PATH=/opt/dateline/bin:$PATH PYTHONUNBUFFERED=1
USER dateline
# Builds the gazetteer into the image, and shows that the program starts.
RUN cd "$(mktemp -d)" && dateline init
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["sh", "-c", "[ -e config.toml ] || cp /opt/dateline/container.toml config.toml; exec dateline run"]
