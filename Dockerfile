# The hotline as three images: pbx, database, application. Built from Debian packages and npm
# packages only; holds no secret (compose.yaml has them made at the first start).
#
#   docker compose build          or          docker build --network host --target pbx -t hotline-pbx .
#
# Needs BuildKit. Behind a proxy with a certificate of its own give it as the build secret "ca".
# Pinned, and moved by a commit (docs/adr/0039). Packages are of the day of the build, which stops below
# what is safe.
ARG DEBIAN_IMAGE=debian:forky-20260803-slim@sha256:30942636e2c40213be85033020ceb8f9b788f7b5c29d48b8f5d152b87717c0a4

FROM ${DEBIAN_IMAGE} AS debian
# The users of all images share this group, so that they can read the secrets meant for them.
RUN echo hotline:x:10001: >>/etc/group
# What the pinned image has older than Debian has today.
RUN apt-get update && apt-get upgrade --yes && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*.log /var/log/apt
# Text that nobody reads in a container. Copyright files stay.
RUN printf 'path-exclude=/usr/share/%s/*\n' doc man info locale >/etc/dpkg/dpkg.cfg.d/small \
 && echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/small


FROM debian AS pbx
# 22.10.1 closes two security holes in ARI: refuse anything older.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends asterisk asterisk-modules \
 && dpkg --compare-versions "$(dpkg-query -W -f '${Version}' asterisk)" ge 1:22.10.1~ \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*.log /var/log/apt /etc/asterisk/* \
 && sed -i 's/^hotline:.*/&asterisk/' /etc/group \
 && install -d -o asterisk -g asterisk -m 750 /var/lib/asterisk/sounds/custom /var/lib/asterisk/priv-callerintros \
 && mkdir -p /run/asterisk && chmod 1777 /run/asterisk /var/log/asterisk /var/spool/asterisk # without the tmpfs of compose.yaml
COPY asterisk-config /etc/asterisk
# What is live in the store of recordings, which compose.yaml has made ready before.
RUN ln -s /recordings/live /usr/share/asterisk/sounds/vi
COPY --chmod=755 docker/health.sh /usr/local/bin/hotline-health
USER asterisk
# One that does not answer for 30 s is ended, and started again (docker/health.sh).
HEALTHCHECK --interval=5s --timeout=40s --start-period=30s --retries=3 \
  CMD hotline-health asterisk 30 asterisk -rx 'core show uptime' \
   && timeout 4 asterisk -rx 'core waitfullybooted' | grep -q 'fully booted'
CMD ["asterisk", "-f"]


FROM debian AS database
RUN apt-get update \
 && apt-get install --yes --no-install-recommends mariadb-server-core mariadb-client-core \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*.log /var/log/apt \
 && echo mysql:x:10002: >>/etc/group \
 && echo mysql:x:10002:10002::/nonexistent:/usr/sbin/nologin >>/etc/passwd \
 && sed -i 's/^hotline:.*/&mysql/' /etc/group \
 && install -d -o mysql -g mysql -m 750 /var/lib/mysql \
 && install -d -m 1777 /run/mysqld # without the tmpfs of compose.yaml
COPY --chmod=755 docker/database.sh /usr/local/bin/hotline-database
COPY --chmod=755 docker/health.sh /usr/local/bin/hotline-health
USER mysql
# One that does not answer for 60 s is ended, and started again (docker/health.sh).
HEALTHCHECK --interval=5s --timeout=70s --start-period=60s --retries=3 \
  CMD hotline-health mariadbd 60 mariadb --no-defaults --socket=/run/mysqld/mysqld.sock --execute 'SELECT 1'
CMD ["hotline-database"]


FROM debian AS packages
RUN apt-get update && apt-get install --yes --no-install-recommends nodejs npm ca-certificates
WORKDIR /app
COPY package.json package-lock.json ./
# The npm package "node" brings the Node that runs the application; Debian's own only runs npm.
RUN --mount=type=secret,id=ca,target=/run/ca.pem \
    export NODE_EXTRA_CA_CERTS=/run/ca.pem \
 && npm ci --omit=dev --no-audit --no-fund --cache /tmp/npm \
 && rm -rf /tmp/npm node_modules/node/node_modules # the header files; bin/node is beside it


FROM debian AS application
# Levels recordings that admins make in the console.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends sox \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*.log /var/log/apt
RUN echo hotline:x:10001:10001::/nonexistent:/usr/sbin/nologin >>/etc/passwd \
 && install -d -o hotline -g hotline -m 750 /app/.hotline /journal /secrets/all /secrets/application /secrets/sms /secrets/prepare /secrets/owner /secrets/doctor /secrets/pbx /secrets/database \
 && install -d -o hotline -g hotline -m 755 /recordings
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json hotline ./
COPY docker docker
COPY sounds/vi sounds/vi
COPY src src
ENV PATH=/app:/app/node_modules/.bin:$PATH NODE_ENV=production
USER hotline
# One that does not answer for 15 s is ended, and started again (docker/health.ts).
HEALTHCHECK --interval=5s --timeout=20s --start-period=30s --retries=3 CMD ["node", "docker/health.ts", "8080", "15"]
ENTRYPOINT ["node", "src/cli.ts"]
CMD ["serve"]
