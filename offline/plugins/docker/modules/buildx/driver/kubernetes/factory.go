// Package kubernetes takes the place of the driver that builds images in a Kubernetes cluster: without it nothing of Kubernetes' client is
// compiled. A builder that names the driver is refused: `failed to find driver "kubernetes"`.
package kubernetes
