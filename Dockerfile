# The agent in a container. In this folder: docker build -t room-operator .
# docs/deploy.md says how it is run.

# Installs the packages; its Node goes into the image.
ARG NODE_IMAGE=node:24-bookworm-slim
# What the image runs on: any with glibc and libstdc++. It needs no shell, so gcr.io/distroless/cc-debian12 does too.
ARG RUNTIME_IMAGE=debian:bookworm-slim

# Makes dist/, which starts sooner than the sources. What it needs for that does not go into the image.
FROM ${NODE_IMAGE} AS dist
WORKDIR /opt/room-operator
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY bin bin
COPY agent agent
COPY devserver devserver
RUN npm run build

FROM ${NODE_IMAGE} AS build
WORKDIR /opt/room-operator
COPY package.json package-lock.json ./
# The optional packages are Node itself, which is here.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
  && find node_modules -type f ! -iname 'licen*' \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' \) -delete
COPY bin bin
COPY agent agent
COPY devserver devserver
COPY specs-example specs-example
COPY seeds seeds
COPY --from=dist /opt/room-operator/dist dist
# Where there are no sources, no start has to look whether they are what was built.
RUN find agent devserver -name '*.ts' -delete && chmod -R a+rX . && mkdir .cache && chown 65532 .cache
# It starts once as its user, for whom Node keeps the compiled code: a start then takes less than half the time. A source of git that nobody
# serves starts the git worker.
USER 65532
RUN HOME=/tmp Store__Path=/tmp/store RoomServer__BaseUrl=http://127.0.0.1:9 HttpApi__Port=0 Logging__Level=error \
  Git__Sources__0__Name=warm Git__Sources__0__Kind=folder Git__Sources__0__Folder=/opt/room-operator/specs-example \
  Git__Sources__1__Name=warm-git Git__Sources__1__Url=http://127.0.0.1:9/warm.git \
  timeout --preserve-status 5 node bin/room-operator.js run
USER 0
# What runs in the image cannot change its own program.
RUN chown -R 0:0 .cache && chmod -R a+rX .cache
# OpenSSH's ssh, in an image made from this one, asks who its user is. /data and /handover are what new volumes begin as.
RUN echo 'room-operator:x:65532:65532:room-operator:/data:/usr/sbin/nologin' >> /etc/passwd \
  && echo 'room-operator:x:65532:' >> /etc/group \
  && mkdir -p /empty/data /empty/handover \
  && chmod 700 /empty/data /empty/handover

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="room-operator" \
  org.opencontainers.image.description="A GitOps agent for rooms: pulls RoomSpecs from git and makes every room on a RoomServer match" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
COPY --from=build /etc/passwd /etc/group /etc/
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /opt/room-operator /opt/room-operator
COPY --from=build --chown=65532:65532 /empty/ /
WORKDIR /opt/room-operator
# The agent makes the folder of its store itself, for itself alone: a volume may belong to somebody else.
ENV NODE_ENV=production Store__Path=/data/store HttpApi__Host=0.0.0.0
USER 65532:65532
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["/usr/local/bin/node", "bin/healthcheck.js"]
ENTRYPOINT ["/usr/local/bin/node", "bin/room-operator.js"]
CMD ["run"]
