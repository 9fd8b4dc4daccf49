package s3blob

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/seed-f0df946f/mediakit/media"
)

func BenchmarkSignUpload(b *testing.B) {
	s := testStore(b, testClient(), nil)
	b.Run("Store", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.SignUpload(b.Context(), picture, moment0, time.Minute); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("SDK", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.presign.PresignPutObject(b.Context(), s.putInput(picture)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSignDownload(b *testing.B) {
	s := testStore(b, testClient(), nil)
	d := media.Download{Key: picture.Key, ContentType: "image/jpeg", Filename: "beach.jpg"}
	b.Run("Store", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.SignDownload(b.Context(), d, moment0, time.Minute); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("SDK", func(b *testing.B) {
		in := &s3.GetObjectInput{
			Bucket: &s.bucket, Key: &d.Key, ResponseContentType: &d.ContentType,
			ResponseContentDisposition: aws.String(`inline; filename="beach.jpg"`),
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.presign.PresignGetObject(b.Context(), in); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("v4.Signer", func(b *testing.B) {
		m, err := s.moment(b.Context(), moment0, time.Minute)
		if err != nil {
			b.Fatal(err)
		}
		req := &http.Request{Method: http.MethodGet, URL: s.target.url(d.Key, nil), Host: s.target.base.Host, Header: http.Header{}}
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := s.signer.PresignHTTP(b.Context(), m.credentials, req, unsignedPayload, "s3", "eu-central-1", m.at); err != nil {
				b.Fatal(err)
			}
		}
	})
}
