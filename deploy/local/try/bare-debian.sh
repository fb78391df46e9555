#!/bin/bash
# Tries the set-up on a Debian that has nothing: debootstrap's minimal system, a clean clone, root and a citizen.
#
#   deploy/local/try/bare-debian.sh FOLDER [run|test|citizen ...]      (as root; needs debootstrap)
#
# run: ./run until its first page, then again. test: .ci/run as CI calls it. citizen: an ordinary user without sudo.
# A certificate authority of one's own network is handed in through SSL_CERT_FILE, a package mirror through MIRROR.
set -eu
project=$(cd "$(dirname "$0")/../../.." && pwd -P)
root=${1:?folder for the trial}
shift
clean=$root/clean
mkdir -p "$root"

if [ ! -d "$clean" ]; then
    debootstrap --variant=minbase bookworm "$clean.new" ${MIRROR:+"$MIRROR"} >"$root/debootstrap.log"
    chroot "$clean.new" useradd -m citizen
    [ -z "${SSL_CERT_FILE:-}" ] || install -D "$SSL_CERT_FILE" "$clean.new/etc/ssl/certs/authority.crt"
    mv "$clean.new" "$clean"
fi

leave() {
    umount -l "$system/proc" "$system/dev" 2>/dev/null || true
    rm -rf --one-file-system "$system"
}
enter() { # USER COMMAND
    local home=/home/$1
    [ "$1" != root ] || home=/root
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=xterm HOME="$home" \
        ${SSL_CERT_FILE:+PIP_CERT=/etc/ssl/certs/authority.crt SSL_CERT_FILE=/etc/ssl/certs/authority.crt} \
        "$(command -v chroot)" --userspec="$1" "$system" sh -c "$2" </dev/null
}
for trial in "${@:-run}"; do
    system=$root/system
    [ ! -d "$system" ] || leave
    cp -a "$clean" "$system"
    cp /etc/resolv.conf /etc/hosts "$system/etc/"
    mount -t proc proc "$system/proc"
    mount --rbind /dev "$system/dev"
    mount --make-rslave "$system/dev"
    trap leave EXIT
    chmod 700 "$system/root"
    git clone -q "$project" "$system/root/portal"
    echo "=== $trial"
    case $trial in
        run)
            for _ in first second; do
                enter root 'cd ~/portal; ./run >~/out 2>&1 & p=$!
                    until grep -q "is running" ~/out || ! kill -0 $p; do sleep 0.2; done
                    sleep 5; ./run stop; wait $p; status=$?; cat ~/out; exit $status' || echo "status $?"
            done
            ls -ld "$system/root"
            ;;
        test) enter root 'cd ~/portal && CI=true bash .ci/run' || echo "status $?" ;;
        citizen)
            mv "$system/root/portal" "$system/home/citizen/portal"
            chroot "$system" chown -R citizen: /home/citizen/portal
            enter citizen 'cd ~/portal && ./run' || echo "status $? (expected: the line for root)"
            line=$(enter citizen 'cd ~/portal && ./run 2>&1' | sed -n 's/^    \(apt-get update.*\)/\1/p' | head -n 1 || true)
            enter root "$line" >/dev/null 2>&1
            enter citizen 'cd ~/portal && ./run setup && ./run manage check --database default' || echo "status $?"
            ;;
    esac
    leave
    trap - EXIT
done
