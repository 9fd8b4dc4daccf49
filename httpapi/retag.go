package httpapi

import (
	"errors"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
	"github.com/seed-f0df946f/mediakit/media"
)

func (a *api) retagMedia(c *call) (answer, error) {
	var named wire.RetagMedia
	f, err := a.read(c, retagMediaMembers(&named), &named)
	if err != nil {
		return answer{}, err
	}
	ids := parseIDs(named.IDs)
	in := named.Input(ids)
	if err := f.err(in.Check); err != nil {
		return answer{}, err
	}
	n, err := a.Media.Retag(c.Context(), in)
	if missing, ok := errors.AsType[*media.MissingError](err); ok {
		return answer{}, &missingError{missingNames(*named.IDs, ids, missing.IDs)}
	}
	if err != nil {
		return answer{}, err
	}
	return plain(http.StatusOK, wire.Retagged{Updated: n}), nil
}

// parseIDs reads ids. One that isn't spelled as ours are becomes the nil UUID, which is no
// media's.
func parseIDs(texts *[]string) []uuid.UUID {
	if texts == nil {
		return nil
	}
	ids := make([]uuid.UUID, len(*texts))
	for i, text := range *texts {
		ids[i], _ = parseID(text)
	}
	return ids
}

// missingNames returns the ids that are missing, each once, as the client wrote them.
func missingNames(texts []string, ids, missing []uuid.UUID) []string {
	var names []string
	for i, text := range texts {
		if name := printable(text); slices.Contains(missing, ids[i]) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
