package dev.rig.credentials.helperapi;

/**
 * The environment of scripts and other credential helpers; {@code status} shows path and shell.
 *
 * @param path the {@code PATH} of scripts that set none
 * @param shell the shell of scripts without a {@code #!} line, with its options
 * @param uid the user that they run as: the daemon's own
 */
public record ScriptSurroundings(String path, String shell, int uid) {}
