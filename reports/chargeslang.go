package reports

import "c7mon/charge/tariff"

// chargePhrases are the texts of the charges report.
type chargePhrases struct {
	title                                     string
	keys                                      [len(chargeKeyNames)]string // headings
	calls, rated, free, notAnswered, notRated string
	minutes, units, price, currency           string
	total, sum, notRatedNote, book, stored    string
	why                                       map[tariff.Status]string // with their number
}

var chargeTexts = [...]chargePhrases{
	English: {
		title: "CHARGES OF CALLS",
		keys: [...]string{ChargesByService: "Service", ChargesByOperator: "Operator", ChargesByDPC: "DPC", ChargesByTrunkGroup: "Trunk group",
			ChargesByDestination: "Destination", ChargesByDay: "Day", ChargesByTariff: "Tariff"},
		calls: "Calls", rated: "Rated", free: "Free", notAnswered: "Not answered", notRated: "Not rated",
		minutes: "Minutes", units: "Units", price: "Price", currency: "Currency",
		total: "Total: %d calls: %d rated, %d free, %d not answered, %d not rated.", sum: "Sum: %s %s for %s minutes, %s units.",
		notRatedNote: "Not rated: ", book: "Calls rated by book %s, fingerprint %s: %d.",
		stored: "These are the charges that the database keeps, by the book of their time.",
		why: map[tariff.Status]string{tariff.Unrated: "no charge stored %d", tariff.Partial: "beginning not seen %d",
			tariff.Lost: "answer or end not seen %d", tariff.Open: "still up %d", tariff.NoBook: "no book valid at the answer %d",
			tariff.NoTariff: "no destination of the book fits %d", tariff.NoBand: "no band of the tariff at that hour %d",
			tariff.Failed: "numbers too large %d"},
	},
	Vietnamese: {
		title: "CƯỚC CUỘC GỌI",
		keys: [...]string{ChargesByService: "Dịch vụ", ChargesByOperator: "Nhà khai thác", ChargesByDPC: "DPC", ChargesByTrunkGroup: "Nhóm trung kế",
			ChargesByDestination: "Hướng gọi", ChargesByDay: "Ngày", ChargesByTariff: "Biểu giá"},
		calls: "Số cuộc", rated: "Tính được cước", free: "Miễn phí", notAnswered: "Không trả lời", notRated: "Không tính được",
		minutes: "Số phút", units: "Đơn vị cước", price: "Tiền cước", currency: "Tiền tệ",
		total: "Tổng số: %d cuộc gọi: %d tính được cước, %d miễn phí, %d không trả lời, %d không tính được.",
		sum:   "Tổng cước: %s %s cho %s phút, %s đơn vị cước.", notRatedNote: "Không tính được: ",
		book: "Số cuộc tính theo bảng giá %s, dấu vân %s: %d.", stored: "Đây là cước đã lưu trong cơ sở dữ liệu, theo bảng giá lúc tính.",
		why: map[tariff.Status]string{tariff.Unrated: "chưa lưu cước %d", tariff.Partial: "không thấy lúc bắt đầu %d",
			tariff.Lost: "không thấy lúc trả lời hoặc kết thúc %d", tariff.Open: "chưa kết thúc %d",
			tariff.NoBook: "không có bảng giá có hiệu lực lúc trả lời %d", tariff.NoTariff: "bảng giá không có hướng gọi %d",
			tariff.NoBand: "biểu giá không có giá cho giờ đó %d", tariff.Failed: "số quá lớn %d"},
	},
}

// chargeTexts gives the texts of the language, English for one that there is not.
func (l Lang) chargeTexts() *chargePhrases {
	if int(l) < len(chargeTexts) {
		return &chargeTexts[l]
	}
	return &chargeTexts[English]
}
