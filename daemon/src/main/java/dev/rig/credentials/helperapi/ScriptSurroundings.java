package dev.rig.credentials.helperapi;

/**
 * What scripts and other credential helpers run with; {@code status} shows path and shell.
 *
 * @param path the {@code PATH} of scripts that set none
 * @param shell the shell that runs scripts without a {@code #!} line, with its options
 * @param uid whose they are: the daemon's own
 */
public record ScriptSurroundings(String path, String shell, int uid) {}
