// Package ext holds the fields that builds of Traefik may add to its dynamic configuration. This build adds none.
//
// Traefik's own go.mod takes this module from a folder that its published module does not contain.
package ext

// HTTP is added to the HTTP section.
type HTTP struct{}

// DeepCopyInto copies nothing.
func (*HTTP) DeepCopyInto(*HTTP) {}

// Router is added to every HTTP router.
type Router struct{}

// DeepCopyInto copies nothing.
func (*Router) DeepCopyInto(*Router) {}
