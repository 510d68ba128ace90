#!/bin/sh
# Makes Gitea's database and its site admin "ops" before Gitea starts. Safe to repeat, also after it was killed.
set -eu

admin=/var/lib/gitea/admin
file=$admin/ops-password

gitea migrate

# The bootstrap reads it as a member of this user's group.
mkdir -p "$admin"
chmod 750 "$admin"
is_new=no
if [ ! -s "$file" ]; then
  is_new=yes
  od -An -tx1 -N24 /dev/urandom | tr -d ' \n' > "$file.new"
  chmod 640 "$file.new"
  mv "$file.new" "$file"
fi

if ! gitea admin user list --admin | awk '$2 == "ops" { found = 1 } END { exit !found }'; then
  gitea admin user create --admin --username ops --email ops@noreply.localhost --must-change-password=false \
    --password "$(cat "$file")" > /dev/null
  echo "made the site admin ops; its password is in $file"
elif [ "$is_new" = yes ]; then
  gitea admin user change-password --username ops --must-change-password=false --password "$(cat "$file")" > /dev/null
  echo "gave the site admin ops a new password; it is in $file"
else
  echo "found the site admin ops; its password is in $file"
fi
