#!/bin/sh
# Starts the server of an image built from Debian's packages. Understands the variables of the
# official images: MYSQL_DATABASE, MYSQL_USER, MYSQL_PASSWORD. The data files are in the image.
# Like those images it resolves no names: where no DNS answers, each connection would wait 10 s.
set -eu
umask 077
cat >/tmp/first.sql <<SQL
CREATE DATABASE IF NOT EXISTS \`$MYSQL_DATABASE\`;
CREATE USER IF NOT EXISTS '$MYSQL_USER'@'%' IDENTIFIED BY '$MYSQL_PASSWORD';
GRANT ALL ON \`$MYSQL_DATABASE\`.* TO '$MYSQL_USER'@'%';
SQL
exec mysqld --datadir=/var/lib/mysql --socket=/tmp/mysqld.sock --pid-file=/tmp/mysqld.pid \
  --skip-name-resolve --character-set-server=utf8mb4 --init-file=/tmp/first.sql "$@"
