# docker build -t groundplan .                                          the app, with everything
# docker build -t groundplan-readonly --build-arg READONLY=1 .          shows what is answered; without torch
FROM python:3.12-slim

ARG READONLY=0
# The usual index of packages has torch with CUDA, 2.5 GB of it; this one has the build for processors.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

ENV PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1

# LightGBM needs the system's OpenMP, rasterio its Expat; the other libraries bring their own.
RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 libexpat1 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 1000 groundplan && install -d -o 1000 /workspace
WORKDIR /app

COPY requirements.txt ./
COPY deploy/community-cloud/requirements.txt readonly.txt
RUN if [ "$READONLY" = 1 ]; then \
        pip install -r readonly.txt; \
    else \
        pip install --index-url "$TORCH_INDEX" "$(grep '^torch==' requirements.txt)" && \
        pip install -r requirements.txt; \
    fi

COPY . .
# The maps are written there; everything else belongs to root.
RUN chown 1000 static

ENV GROUNDPLAN_READONLY=$READONLY GROUNDPLAN_WORKSPACE=/workspace
USER 1000
VOLUME /workspace
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "deploy/health.py"]
CMD ["streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.headless=true", "--server.fileWatcherType=none"]
