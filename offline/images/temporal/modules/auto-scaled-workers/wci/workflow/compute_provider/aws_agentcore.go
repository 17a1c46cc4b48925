// Replaces the module's own file: this build starts no workers in a cloud or in Kubernetes.

package computeprovider
