package reports

import (
	"fmt"
	"strings"
	"time"
)

// Lang is the language of a report.
type Lang uint8

// The languages.
const (
	English Lang = iota
	Vietnamese
)

var langNames = [...]string{English: "en", Vietnamese: "vi"}

// ParseLang gives the language of that name, "en" or "vi".
func ParseLang(name string) (Lang, error) {
	for l, n := range langNames {
		if n == name {
			return Lang(l), nil
		}
	}
	return English, fmt.Errorf("language %q: one of en, vi is needed", name)
}

// String gives the name that ParseLang reads.
func (l Lang) String() string {
	if int(l) < len(langNames) {
		return langNames[l]
	}
	return fmt.Sprintf("language %d", uint8(l))
}

// phrases are the texts of the causes report.
type phrases struct {
	unsuccessful, all, service string // title; service takes its name
	code, calls, share, cause  string // headings
	noCause                    string // cause of the calls that have none
	empty                      string // no rows
	total, totalAll            string // notes, with their number
	excluded, excludedNone     string // notes; the five counts follow
	glare, reattempt, open     string
	unknown, partial           string
	coverage, coverageUnknown  string // note, with the percentage
	only                       string // note: the filters follow
	trunkGroup, location, day  string // headings of groups, and filters
	byService, dpc, opc        string
	none                       string // heading of the group without a value: takes what it has none of
	ofAll                      string // line of a group: calls, share
}

var texts = [...]phrases{
	English: {
		unsuccessful: "CAUSES OF UNSUCCESSFUL CALLS", all: "CAUSES OF ALL CALLS", service: ", %s SERVICE",
		code: "Cause code", calls: "Calls", share: "Share", cause: "Cause",
		noCause: "Ended without a cause", empty: "No calls.",
		total: "Total: %d unsuccessful calls.", totalAll: "Total: %d calls, answered ones among them.",
		excluded: "Left out: ", excludedNone: "Left out: none.",
		glare: "lost a dual seizure %d", reattempt: "tried again on another circuit %d", open: "still up %d",
		unknown: "answer could not be seen %d", partial: "beginning not seen, service not known %d",
		coverage: "Coverage: seen %s %% of the signal units.", coverageUnknown: "Coverage: not known.",
		only: "Only calls with ", trunkGroup: "trunk group", location: "location", day: "day", byService: "service",
		dpc: "DPC", opc: "OPC", none: "no %s", ofAll: "%d calls, %s of the total.",
	},
	Vietnamese: {
		unsuccessful: "CÁC NGUYÊN NHÂN KHÔNG THÀNH CÔNG", all: "CÁC NGUYÊN NHÂN KẾT THÚC CUỘC GỌI", service: " DỊCH VỤ %s",
		code: "Mã nguyên nhân", calls: "Số cuộc", share: "Tỷ lệ", cause: "Nguyên nhân",
		noCause: "Kết thúc không có nguyên nhân", empty: "Không có cuộc gọi nào.",
		total: "Tổng số: %d cuộc gọi không thành công.", totalAll: "Tổng số: %d cuộc gọi, kể cả các cuộc đã trả lời.",
		excluded: "Không tính: ", excludedNone: "Không tính: không có.",
		glare: "chiếm kênh hai đầu %d", reattempt: "gọi lại trên kênh khác %d", open: "chưa kết thúc %d",
		unknown: "không thấy được trả lời %d", partial: "không thấy lúc bắt đầu, không rõ dịch vụ %d",
		coverage: "Độ phủ: đã thu %s %% đơn vị báo hiệu.", coverageUnknown: "Độ phủ: không rõ.",
		only: "Chỉ các cuộc gọi có ", trunkGroup: "nhóm trung kế", location: "vị trí", day: "ngày", byService: "dịch vụ",
		dpc: "DPC", opc: "OPC", none: "không có %s", ofAll: "%d cuộc, %s tổng số.",
	},
}

// texts gives the texts of the language, English for one that there is not.
func (l Lang) texts() *phrases {
	if int(l) < len(texts) {
		return &texts[l]
	}
	return &texts[English]
}

// decimal writes a number that has a decimal point with the sign of the language.
func (l Lang) decimal(s string) string {
	if l == Vietnamese {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// amount writes such a number with its thousands apart: "82,525,720", "1.234,50".
func (l Lang) amount(s string) string {
	group := byte(',')
	if l == Vietnamese {
		group = '.'
	}
	sign := s[:len(s)-len(strings.TrimPrefix(s, "-"))]
	whole, fraction, _ := strings.Cut(s[len(sign):], ".")
	b := append(make([]byte, 0, 2*len(s)), sign...)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b = append(b, group)
		}
		b = append(b, whole[i])
	}
	if fraction != "" {
		b = append(b, l.decimal("."+fraction)...)
	}
	return string(b)
}

// period writes the days of a period as they stand in a title, without what both ends share: "từ 12 đến 18/10/2003",
// "12 to 18 October 2003".
func (l Lang) period(p Period) string {
	from, to := p.From.date(), p.To.date()
	whole, month, day, one, two := "2 January 2006", "2 January", "2", "%s", "%s to %s"
	if l == Vietnamese {
		whole, month, day, one, two = "02/01/2006", "02/01", "02", "ngày %s", "từ %s đến %s"
	}
	first := whole
	switch {
	case from.Equal(to):
		return fmt.Sprintf(one, to.Format(whole))
	case from.Year() == to.Year() && from.Month() == to.Month():
		first = day
	case from.Year() == to.Year():
		first = month
	}
	return fmt.Sprintf(two, from.Format(first), to.Format(whole))
}

// date writes one day.
func (l Lang) date(d string) string {
	t, err := time.Parse(time.DateOnly, d)
	if err != nil || l != Vietnamese {
		return d
	}
	return t.Format("02/01/2006")
}
