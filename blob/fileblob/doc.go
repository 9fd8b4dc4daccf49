// Package fileblob keeps media in a folder.
package fileblob
