/** The Helm chart, rendered by Helm's own engine and validated by Kubernetes' own definitions. */
package dev.rig.credentials.chart;
