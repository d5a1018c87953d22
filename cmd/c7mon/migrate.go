package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"c7mon/store"
)

func (a *app) migrateCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring a database to the newest schema",
		Long:  "Bring the database that --db names to the newest schema. A file that is not there is made.",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.openStore(cmd.Context(), store.Write)
			if err != nil {
				return err
			}
			defer s.Close()
			was, is := s.Schema()
			if was == is {
				_, err = fmt.Fprintf(a.stdout, "schema %d is the newest\n", is)
			} else {
				_, err = fmt.Fprintf(a.stdout, "schema %d -> %d\n", was, is)
			}
			return err
		},
	}
}
