// Package libopenapi takes the place of the reader of OpenAPI documents, which is a quarter of what the CLI would compile. One command
// needs it: the experimental `pulumi api`, which calls any address of Pulumi Cloud. Here that command ends with the error below.
//
// The other packages of this module are the names that the command's source needs to compile. No value of their types is ever made.
package libopenapi

import (
	"errors"

	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

type Document interface {
	BuildV3Model() (*DocumentModel, error)
}

type DocumentModel struct {
	Model v3.Document
}

func NewDocument([]byte) (Document, error) {
	return nil, errors.New("this `pulumi` was made from package registries and leaves out `pulumi api`; use the published CLI")
}
