# Prints the process and the user of each daemon that a user runs for themselves. stage.sh puts this into the scripts.
daemons_of_users() {
    own=$(id -u rig-credentials 2>/dev/null || true)
    for process in /proc/[0-9]*; do
        case $(readlink "$process/exe" 2>/dev/null) in
        /usr/lib/rig-credentials/runtime/bin/java*) ;;
        *) continue ;;
        esac
        # A process may end at any time.
        uid=$(sed -n 's/^Uid:[[:space:]]*\([0-9]*\).*/\1/p' "$process/status" 2>/dev/null) || continue
        if [ -n "$uid" ] && [ "$uid" != "$own" ]; then
            echo "${process#/proc/} $(id -un "$uid" 2>/dev/null || echo "uid $uid")"
        fi
    done
}
