package httpapi

import _ "embed"

// openAPI is the description of the API that /openapi.json serves. It is generated
// from openapi.yaml; internal/contract holds the handler to it.
//
//go:generate go test ../internal/contract -run ^TestDocumentIsGenerated$ -update
//go:embed openapi.json
var openAPI []byte
