/** The Helm chart, rendered by Helm's own engine and held against Kubernetes' own definitions. */
package dev.rig.credentials.chart;
