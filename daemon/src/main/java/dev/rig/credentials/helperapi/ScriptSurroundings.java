package dev.rig.credentials.helperapi;

/**
 * What scripts run with, as {@code status} shows it.
 *
 * @param path the {@code PATH} of scripts that set none
 * @param shell the shell that runs scripts without a {@code #!} line, with its options
 */
public record ScriptSurroundings(String path, String shell) {}
