#!/bin/sh
# Starts the registry's MariaDB: makes its data files at the first start, then takes over.
# /var/lib/mysql/data appears only when complete, so a start cut short is simply begun again.
set -eu
data=/var/lib/mysql/data
if [ ! -d "$data" ]; then
  rm -rf "$data.partial"
  mariadb-install-db --no-defaults --datadir="$data.partial" --auth-root-authentication-method=socket --auth-root-socket-user=mysql \
    --skip-test-db --skip-name-resolve --force --innodb-log-file-size=32M >/dev/null
  mv "$data.partial" "$data"
fi
# As src/local/database.ts starts it: loopback only, and every commit is on the disk before it is answered.
exec mariadbd --no-defaults --datadir="$data" --socket=/run/mysqld/mysqld.sock --pid-file=/run/mysqld/mysqld.pid \
  --bind-address=127.0.0.1 --port=13306 --skip-name-resolve --character-set-server=utf8mb4 \
  --innodb-flush-log-at-trx-commit=1 --innodb-doublewrite=ON \
  --innodb-log-file-size=32M --innodb-buffer-pool-size="${BUFFER_POOL_SIZE:-64M}" --performance-schema=OFF \
  --init-file=/etc/hotline/init.sql
