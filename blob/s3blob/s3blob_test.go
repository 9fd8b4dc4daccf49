package s3blob

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestNewRefuses(t *testing.T) {
	anonymous := s3.New(s3.Options{Region: "eu-central-1"})
	nowhere := s3.New(s3.Options{Credentials: staticCredentials(time.Time{})})
	for what, call := range map[string]func() (*Store, error){
		"no client":          func() (*Store, error) { return New(nil, "b", nil) },
		"no bucket":          func() (*Store, error) { return New(testClient(), "", nil) },
		"a directory bucket": func() (*Store, error) { return New(testClient(), "b--euc1-az1--x-s3", nil) },
		"no credentials":     func() (*Store, error) { return New(anonymous, "b", nil) },
		"no region":          func() (*Store, error) { return New(nowhere, "b", nil) },
		"a public client without credentials": func() (*Store, error) {
			return New(testClient(), "b", &Options{Public: anonymous})
		},
	} {
		if _, err := call(); err == nil {
			t.Errorf("New accepts %s", what)
		}
	}
}

func TestConfigure(t *testing.T) {
	own := &http.Client{}
	if o := testClient(func(o *s3.Options) { o.HTTPClient = own }, Configure).Options(); o.HTTPClient != own || o.UsePathStyle {
		t.Errorf("Configure replaces the host's HTTP client, or sets path style without an endpoint")
	}
	o := testClient(func(o *s3.Options) { o.BaseEndpoint = aws.String("http://localhost:7070") }, Configure).Options()
	client, ok := o.HTTPClient.(*awshttp.BuildableClient)
	if !ok || client.GetDialer().Timeout != connectTimeout || client.GetTransport().ResponseHeaderTimeout != firstByteTimeout {
		t.Errorf("Configure sets no time-outs on %T", o.HTTPClient)
	}
	if !o.UsePathStyle || o.RequestChecksumCalculation != aws.RequestChecksumCalculationWhenRequired {
		t.Errorf("path style %t, checksums %v", o.UsePathStyle, o.RequestChecksumCalculation)
	}
}
