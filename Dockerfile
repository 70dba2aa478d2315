# Vitrine on the CPU. For the smaller CPU build of torch give its index at build time:
#   docker build --build-arg PIP_EXTRA_INDEX_URL=... -t vitrine .
#   docker run -p 127.0.0.1:8501:8501 -e VITRINE_INSECURE=yes -v vitrine:/workspace vitrine
FROM python:3.11-slim

ARG PIP_EXTRA_INDEX_URL=""
ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HOME=/home/vitrine \
    VITRINE_WORKSPACE=/workspace \
    VITRINE_HOST=0.0.0.0 \
    VITRINE_PORT=8501

RUN useradd --create-home --uid 1000 vitrine \
    && mkdir /workspace \
    && chown vitrine:vitrine /workspace

WORKDIR /app
COPY requirements.txt ./
RUN pip install --requirement requirements.txt

COPY . .
RUN pip install --no-deps --no-build-isolation --editable .

USER vitrine
VOLUME /workspace
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
    CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/api/health', timeout=4)"
CMD ["vitrine", "serve"]
