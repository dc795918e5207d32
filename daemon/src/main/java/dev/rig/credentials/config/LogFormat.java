package dev.rig.credentials.config;

/** How events are logged. */
public enum LogFormat {
  TEXT,
  JSON
}
