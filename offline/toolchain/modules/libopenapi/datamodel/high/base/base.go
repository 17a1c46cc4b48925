package base

import (
	"errors"

	"github.com/pb33f/libopenapi/orderedmap"
	"go.yaml.in/yaml/v4"
)

type Info struct {
	Version string
}

type Schema struct {
	Type                 []string
	Description          string
	Format               string
	Pattern              string
	Required             []string
	Nullable             *bool
	ReadOnly             *bool
	MinLength            *int64
	MaxLength            *int64
	Minimum              *float64
	Maximum              *float64
	MultipleOf           *float64
	Default              *yaml.Node
	Enum                 []*yaml.Node
	AllOf                []*SchemaProxy
	OneOf                []*SchemaProxy
	AnyOf                []*SchemaProxy
	Items                *SchemaOrBool
	AdditionalProperties *SchemaOrBool
	Discriminator        *Discriminator
	Properties           *orderedmap.Map[string, *SchemaProxy]
	Extensions           *orderedmap.Map[string, *yaml.Node]
}

func (*Schema) GoLow() *LowSchema { return nil }

func (*Schema) MarshalJSONInline() ([]byte, error) { return nil, errors.ErrUnsupported }

type LowSchema struct{}

func (*LowSchema) Hash() uint64 { return 0 }

type SchemaProxy struct{}

func (*SchemaProxy) Schema() *Schema { return nil }

type SchemaOrBool struct {
	A *SchemaProxy
}

func (*SchemaOrBool) IsA() bool { return false }

type Discriminator struct {
	PropertyName string
	Mapping      *orderedmap.Map[string, string]
}
