package dev.rig.credentials.config;

/** The format of log lines. */
public enum LogFormat {
  TEXT,
  JSON
}
