package httpapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
)

// What is decoded of a body is what the document names: whatever is tried on all members
// of the document is thus tried on all that there are.
func TestMembersAreDocumented(t *testing.T) {
	bodies := map[string]map[string]member{
		"NameTag":       nameTagMembers(new(wire.NameTag)),
		"MergeTag":      mergeTagMembers(new(wire.MergeTag)),
		"CreateMedia":   createMediaMembers(new(wire.CreateMedia)),
		"UpdateMedia":   updateMediaMembers(new(wire.UpdateMedia)),
		"RetagMedia":    retagMediaMembers(new(wire.RetagMedia)),
		"FinalizeMedia": finalizeMediaMembers(new(wire.FinalizeMedia)),
		"SignUpload":    nil,
	}
	var doc any
	var schemas struct {
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	for _, to := range []any{&doc, &schemas} {
		if err := json.Unmarshal(openAPI, to); err != nil {
			t.Fatal(err)
		}
	}
	named := map[string]bool{}
	bodySchemas(doc, false, named)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(named)), slices.Sorted(maps.Keys(bodies))); diff != "" {
		t.Errorf("bodies: %s", diff)
	}
	for name, members := range bodies {
		documented := slices.Sorted(maps.Keys(schemas.Components.Schemas[name].Properties))
		if diff := cmp.Diff(documented, slices.Sorted(maps.Keys(members))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// bodySchemas finds the schemas that request bodies refer to.
func bodySchemas(value any, inBody bool, found map[string]bool) {
	object, _ := value.(map[string]any)
	for name, member := range object {
		ref, _ := member.(string)
		if schema, ok := strings.CutPrefix(ref, "#/components/schemas/"); ok && inBody {
			found[schema] = true
		}
		bodySchemas(member, inBody || name == "requestBody" || name == "requestBodies", found)
	}
}
