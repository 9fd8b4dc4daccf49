package planted_test

// bugs are those that such code is most likely to have. Those marked so were there
// once, and were found by the simulation.
var bugs = []bug{
	{
		name: "a delete removes the bytes before the tombstone stands",
		file: "media/delete.go",
		old:  "	now := s.instant()\n",
		new: `	now := s.instant()
	if m, err := s.repo.Get(ctx, id); err == nil {
		_ = s.blobs.Delete(ctx, m.ObjectKey)
	}
`,
		invariant: "I7",
	},
	{
		name: "a rejected upload is removed before the media has failed",
		file: "media/finalize.go",
		old:  "	lease := s.unique(s.instant().Add(leaseTime))\n",
		new: `	lease := s.unique(s.instant().Add(leaseTime))
	_ = s.blobs.Delete(ctx, m.ObjectKey)
`,
		invariant: "I7",
	},
	{
		name:      "who loses the race to fail a media removes its bytes",
		file:      "media/finalize.go",
		old:       "	if won {\n",
		new:       "	if won || true {\n",
		invariant: "I10",
	},
	{
		name:      "a sweep that loses the race to expire a media removes its bytes",
		file:      "media/sweep.go",
		old:       "errors.Is(err, ErrNotFound) || err == nil && !won",
		new:       "errors.Is(err, ErrNotFound) || won && !won",
		invariant: "I10",
	},
	{
		name:      "a purge takes a media on that is pending",
		file:      "media/purge.go",
		old:       "if m.State != StateDeleted && m.State != StateFailed {",
		new:       "if m.State == StateReady {",
		invariant: "I7",
	},
	{
		name:      "a move doesn't compare the state",
		file:      "storage/memory/move.go",
		old:       "if !slices.Contains(from, m.State) {",
		new:       "if from == nil {",
		invariant: "I4",
	},
	{
		name:      "a ready media is finalized again",
		file:      "media/state.go",
		old:       "{StateReady, []State{StatePending}}",
		new:       "{StateReady, []State{StatePending, StateReady}}",
		invariant: "I4",
	},
	{
		name:      "a ready media expires",
		file:      "media/state.go",
		old:       "EventExpired:   {StateFailed, []State{StatePending}}",
		new:       "EventExpired:   {StateFailed, []State{StatePending, StateReady}}",
		invariant: "I4",
	},
	{
		name:      "the last sweep doesn't wait for transfers",
		file:      "media/service.go",
		old:       "s.opts.UploadTTL + s.opts.TransferGrace + clockSkew",
		new:       "s.opts.UploadTTL + clockSkew",
		invariant: "I8",
	},
	{
		name:      "the last sweep doesn't allow for another clock",
		file:      "media/service.go",
		old:       "s.opts.UploadTTL + s.opts.TransferGrace + clockSkew",
		new:       "s.opts.UploadTTL + s.opts.TransferGrace",
		invariant: "I8",
	},
	{
		name:      "there is no last sweep",
		file:      "media/purge.go",
		old:       "last := !s.instant().Before(m.LastURLAt)",
		new:       "last := true",
		invariant: "I8",
	},
	{
		name: "whether a sweep is the last is decided after it",
		file: "media/purge.go",
		old:  "	switch {\n	case !last:",
		new: `	last = !s.instant().Before(m.LastURLAt)
	switch {
	case !last:`,
		invariant: "I8",
	},
	{
		name: "an upload is signed as of after the look at the row",
		file: "media/upload.go",
		old:  "	if m.State != StatePending {\n",
		new: `	now = s.instant()
	if m.State != StatePending {
`,
		invariant: "I8",
	},
	{
		name:      "an upload is signed for a media that isn't pending",
		file:      "media/upload.go",
		old:       "	if m.State != StatePending {\n",
		new:       "	if m.State == StateReady {\n",
		invariant: "I8",
	},
	{
		name:      "a release doesn't compare the lease",
		file:      "storage/memory/move.go",
		old:       "if !ok || m.DueAt.IsZero() || !m.DueAt.Equal(lease) {",
		new:       "if !ok {",
		invariant: "I8",
	},
	{
		name:      "a sha256 that the store doesn't know is a match",
		file:      "media/inspect.go",
		old:       "if info.SHA256.IsZero() {\n		sum,",
		new:       "if false {\n		sum,",
		invariant: "I1",
	},
	{
		name:      "the size isn't compared",
		file:      "media/inspect.go",
		old:       "case info.Size != m.Size:",
		new:       "case info.Size < 0:",
		invariant: "I1",
	},
	{
		name:      "the content type isn't compared",
		file:      "media/inspect.go",
		old:       "case info.ContentType != m.ContentType:",
		new:       "case info.ContentType == \"\":",
		invariant: "I1",
	},
	{
		name:      "unexpected headers are let through",
		file:      "media/inspect.go",
		old:       "case len(info.Unexpected) > 0:",
		new:       "case len(info.Unexpected) > 9:",
		invariant: "I1",
	},
	{
		name:      "the bytes aren't sniffed",
		file:      "media/inspect.go",
		old:       "if sniff(head) != family(m.ContentType) {",
		new:       "if len(head) == 0 {",
		invariant: "I1",
	},
	{
		name:      "a failed media gets a download",
		file:      "media/service.go",
		old:       "if m.State != StateReady {\n		return View{Media: m}, nil",
		new:       "if m.State == StatePending {\n		return View{Media: m}, nil",
		invariant: "I1",
	},
	{
		name:      "an object key has nothing random",
		file:      "media/create.go",
		old:       "	s.random(random[:])\n",
		new:       "",
		invariant: "I9",
	},
	{
		name:      "an idempotency key stands for any input",
		file:      "storage/memory/media.go",
		old:       "if rec.fingerprint != fingerprint {",
		new:       "if rec.media == uuid.Nil {",
		invariant: "I13",
	},
	{
		name:      "the fingerprint leaves out the bytes",
		file:      "media/create.go",
		old:       "in.SHA256.String()}",
		new:       "}",
		invariant: "I13",
	},
	{
		name:      "an idempotency key isn't recorded with its media",
		file:      "storage/memory/media.go",
		old:       "	if d.Key != \"\" {\n",
		new:       "	if d.Key != \"\" && len(d.Tags) > 0 {\n",
		invariant: "I13",
	},
	{
		name:      "an idempotency key is forgotten too early",
		file:      "storage/memory/move.go",
		old:       "if !rec.until.After(now) {",
		new:       "if !rec.until.After(now.Add(time.Hour)) {",
		invariant: "I13",
	},
	{
		name:      "a walk goes on one further where its last row has gone",
		file:      "storage/memory/list.go",
		old:       "		if found {\n			at++\n		}\n",
		new:       "		if q.After != uuid.Nil {\n			at++\n		}\n",
		invariant: "I14",
	},
	{
		name:      "a page goes on with the row that the page before ended with",
		file:      "storage/memory/list.go",
		old:       "		if found {\n			at++\n		}\n",
		new:       "		_ = found\n",
		invariant: "I14",
	},
	{
		name:      "a page goes on after a row that it didn't hold",
		file:      "storage/memory/list.go",
		old:       "return items, items[len(items)-1].ID, nil",
		new:       "return items, id, nil",
		invariant: "I14",
	},
	{
		name:      "tombstones are listed",
		file:      "storage/memory/list.go",
		old:       "case m.State == media.StateDeleted,\n",
		new:       "case m.State == \"\",\n",
		invariant: "I4",
	},
	{
		name:      "a deleted media is still there for whoever knows its id",
		file:      "storage/memory/memory.go",
		old:       "return m, ok && m.State != media.StateDeleted",
		new:       "return m, ok",
		invariant: "I6",
	},
	{
		name:      "a replayed create returns a deleted media",
		file:      "storage/memory/media.go",
		old:       "m, ok := r.visible(rec.media)\n	if !ok {\n		return media.Media{}, false, media.ErrNotFound",
		new:       "m, ok := r.media[rec.media]\n	if !ok {\n		return media.Media{}, false, media.ErrNotFound",
		invariant: "I6",
	},
	{
		name: "a retag changes one media after the other",
		file: "media/retag.go",
		old:  "	n, err := s.repo.Retag(ctx, slices.Compact(ids), s.candidates(add, now), remove, now)\n",
		new: `	var n int
	for _, id := range slices.Compact(ids) {
		if _, err = s.repo.Retag(ctx, []uuid.UUID{id}, s.candidates(add, now), remove, now); err != nil {
			break
		}
		n++
	}
`,
		invariant: "retag",
	},
	{
		name:      "a retag passes over media that aren't there",
		file:      "storage/memory/media.go",
		old:       "	if err := r.missing(ids); err != nil {\n		return 0, err\n	}\n",
		new:       "	ids = slices.DeleteFunc(slices.Clone(ids), func(id uuid.UUID) bool { _, ok := r.visible(id); return !ok })\n",
		invariant: "retag",
	},
	{
		name:      "an update doesn't compare the version",
		file:      "storage/memory/media.go",
		old:       "case ifVersion != 0 && ifVersion != m.Version:",
		new:       "case ifVersion < 0:",
		invariant: "version",
	},
	{
		name:      "a deleted tag stays on its media",
		file:      "storage/memory/tags.go",
		old:       "		delete(carried, id)\n",
		new:       "		_ = carried\n",
		invariant: "I11",
	},
}
